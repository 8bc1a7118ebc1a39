#include "core/model/kernels/kernels.h"

namespace ricercar {

extern const Kernels kernels_plain;

#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;

const Kernels& kernels() {
    static const Kernels& chosen = __builtin_cpu_supports("avx512f") ? kernels_avx512
                                   : __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma")
                                       ? kernels_avx2
                                       : kernels_plain;
    return chosen;
}
#else
const Kernels& kernels() { return kernels_plain; }
#endif

}  // namespace ricercar
