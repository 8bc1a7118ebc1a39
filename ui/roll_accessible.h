#pragma once

namespace ricercar {

/// Lets assistive tools read the piano roll: its name, and as its value what is in sight. May be called again.
void installRollAccessibility();

}  // namespace ricercar
