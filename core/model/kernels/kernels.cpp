#include "core/model/kernels/kernels.h"

#include <vector>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace ricercar {

extern const Kernels kernels_plain;

#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
extern const Kernels kernels_avx512vnni;
#elif defined(__aarch64__) && defined(__linux__)
extern const Kernels kernels_neondot;
#endif

/// What this processor runs, the fastest first; the tests try each.
std::vector<const Kernels*> supportedKernels() {
    std::vector<const Kernels*> supported = {&kernels_plain};
    [[maybe_unused]] const auto add = [&](const Kernels& kernels, auto... has) {
        if ((... && (has != 0))) {
            supported.insert(supported.begin(), &kernels);
        }
    };
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                        __builtin_cpu_supports("avx512vl") != 0;
    add(kernels_avx2, avx2);
    add(kernels_avx512, avx512);
    add(kernels_avx512vnni, avx512, __builtin_cpu_supports("avx512vnni"));
#elif defined(__aarch64__) && defined(__linux__)
    add(kernels_neondot, getauxval(AT_HWCAP) & HWCAP_ASIMDDP);
#endif
    return supported;
}

const Kernels& kernels() {
    static const Kernels& fastest = *supportedKernels().front();
    return fastest;
}

}  // namespace ricercar
