#include "core/audio/synth.h"

#include <algorithm>
#include <utility>

#include "core/audio/plan.h"

namespace ricercar {

void quietFluidSynth() {
    static const bool once = [] {
        for (const int level : {FLUID_PANIC, FLUID_ERR, FLUID_WARN, FLUID_INFO, FLUID_DBG}) {
            fluid_set_log_function(level, nullptr, nullptr);
        }
        return true;
    }();
    static_cast<void>(once);
}

Synth::Synth(double sampleRate) : m_settings(new_fluid_settings()) {
    fluid_settings_t* settings = m_settings.get();
    fluid_settings_setnum(settings, "synth.sample-rate", sampleRate);
    fluid_settings_setnum(settings, "synth.gain", 1.0);
    fluid_settings_setint(settings, "synth.midi-channels", synthChannels);
    fluid_settings_setint(settings, "synth.polyphony", 256);
    fluid_settings_setint(settings, "synth.threadsafe-api", 0);  // would lock a mutex in every call
    fluid_settings_setint(settings, "synth.dynamic-sample-loading", 1);
    fluid_settings_setint(settings, "synth.lock-memory", 0);
    fluid_settings_setint(settings, "synth.reverb.active", 0);
    fluid_settings_setint(settings, "synth.chorus.active", 0);
    m_synth.reset(new_fluid_synth(settings));
}

Result<std::unique_ptr<Synth>> Synth::load(const std::filesystem::path& font, double sampleRate,
                                           std::span<const Patch> patches) {
    quietFluidSynth();
    std::unique_ptr<Synth> synth(new Synth(sampleRate));
    if (!synth->m_synth) {
        return failure("FluidSynth does not start at {} Hz", sampleRate);
    }
    if (fluid_is_soundfont(font.c_str()) != 0) {
        synth->m_font = fluid_synth_sfload(synth->m_synth.get(), font.c_str(), 0);
    }
    if (synth->m_font == FLUID_FAILED) {
        return failure("{}: not a sound font that can be read (.sf2 or .sf3)", font.string());
    }
    for (int controller = 0; controller < 128; ++controller) {
        fluid_synth_get_cc(synth->m_synth.get(), 0, controller,
                           &synth->m_controlDefaults[static_cast<std::size_t>(controller)]);
    }
    fluid_synth_set_channel_type(synth->m_synth.get(), drumChannel.midi(), CHANNEL_TYPE_MELODIC);
    for (const Patch& patch : patches) {
        synth->loadPatch(patch);
    }
    std::sort(synth->m_presets.begin(), synth->m_presets.end(),
              [](const Preset& a, const Preset& b) { return a.patch < b.patch; });
    return synth;
}

void Synth::loadPatch(Patch patch) {
    constexpr int drumBank = 128;
    const int program = patch.program.midi();
    const int family = program / 8 * 8;
    using BankAndProgram = std::pair<int, int>;
    const std::vector<BankAndProgram> nearest =
        patch.drums ? std::vector<BankAndProgram>{{drumBank, program}, {drumBank, family}, {drumBank, 0}}
                    : std::vector<BankAndProgram>{{patch.bank, program}, {0, program}, {0, family}, {0, 0}};
    fluid_sfont_t* font = fluid_synth_get_sfont_by_id(m_synth.get(), m_font);
    for (const auto& [bank, number] : nearest) {
        if (fluid_sfont_get_preset(font, bank, number) != nullptr) {
            fluid_synth_pin_preset(m_synth.get(), m_font, bank, number);  // else `select` would load its samples
            m_presets.push_back({patch, bank, number});
            return;
        }
    }
}

const Synth::Preset* Synth::find(Patch patch) const {
    const auto found = std::lower_bound(m_presets.begin(), m_presets.end(), patch,
                                        [](const Preset& preset, Patch wanted) { return preset.patch < wanted; });
    return found != m_presets.end() && found->patch == patch ? &*found : nullptr;
}

bool Synth::has(Patch patch) const { return find(patch) != nullptr; }

void Synth::select(int channel, Patch patch) {
    if (const Preset* preset = find(patch)) {
        fluid_synth_program_select(m_synth.get(), channel, m_font, preset->bank, preset->program);
    } else {
        fluid_synth_unset_program(m_synth.get(), channel);
    }
}

}  // namespace ricercar
