#pragma once

namespace ricercar {

/// What the audio callback must not do, counted on one thread while an object of this class lives. Under a sanitizer,
/// which brings its own allocator, nothing is counted and `counts` is false.
class CountedCalls {
public:
    static const bool counts;

    CountedCalls();
    CountedCalls(const CountedCalls&) = delete;
    CountedCalls& operator=(const CountedCalls&) = delete;
    ~CountedCalls();

    int allocations() const;
    int frees() const;
    int locks() const;
};

}  // namespace ricercar
