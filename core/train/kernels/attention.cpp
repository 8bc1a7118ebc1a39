#include "core/train/kernels/attention.h"

#include <vector>

namespace ricercar {

extern const AttentionKernels<float> attentionKernels_plain;

#if defined(__x86_64__)
extern const AttentionKernels<float> attentionKernels_avx2;
extern const AttentionKernels<float> attentionKernels_avx512;
extern const AttentionKernels<std::uint16_t> attentionKernels_avx512bf16;

namespace {

bool hasAvx2() { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0; }
bool hasAvx512() {
    return hasAvx2() && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
}

}  // namespace
#endif

std::vector<const AttentionKernels<float>*> supportedAttentionKernels() {
    std::vector<const AttentionKernels<float>*> supported = {&attentionKernels_plain};
#if defined(__x86_64__)
    if (hasAvx2()) {
        supported.insert(supported.begin(), &attentionKernels_avx2);
    }
    if (hasAvx512()) {
        supported.insert(supported.begin(), &attentionKernels_avx512);
    }
#endif
    return supported;
}

template <>
const AttentionKernels<float>* attentionKernels() {
    static const AttentionKernels<float>* const fastest = supportedAttentionKernels().front();
    return fastest;
}

template <>
const AttentionKernels<std::uint16_t>* attentionKernels() {
#if defined(__x86_64__)
    if (hasAvx512() && __builtin_cpu_supports("avx512bf16") != 0) {
        return &attentionKernels_avx512bf16;
    }
#endif
    return nullptr;
}

}  // namespace ricercar
