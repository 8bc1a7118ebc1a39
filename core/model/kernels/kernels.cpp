#include "core/model/kernels/kernels.h"

#include <vector>

namespace ricercar {

extern const Kernels kernels_plain;

#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
extern const Kernels kernels_avx512vnni;
#endif

/// What this processor runs, the fastest first; the tests try each.
std::vector<const Kernels*> supportedKernels() {
    std::vector<const Kernels*> supported = {&kernels_plain};
#if defined(__x86_64__)
    const auto add = [&](const Kernels& kernels, auto... has) {
        if ((... && (has != 0))) {
            supported.insert(supported.begin(), &kernels);
        }
    };
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                        __builtin_cpu_supports("avx512vl") != 0;
    add(kernels_avx2, avx2);
    add(kernels_avx512, avx512);
    add(kernels_avx512vnni, avx512, __builtin_cpu_supports("avx512vnni"));
#endif
    return supported;
}

const Kernels& kernels() {
    static const Kernels& fastest = *supportedKernels().front();
    return fastest;
}

}  // namespace ricercar
