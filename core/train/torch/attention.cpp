#include "core/train/torch/attention.h"

#include <type_traits>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/train/kernels/attention.h"
#include "core/train/torch/compat.h"

namespace ricercar {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Calls `work` with the kernels of the tensor's type and with its numbers.
template <typename Work>
void withKernels(const at::Tensor& tensor, Work work) {
    if (tensor.scalar_type() == at::kBFloat16) {
        work(*attentionKernels<std::uint16_t>(), std::type_identity<std::uint16_t>());
    } else {
        work(*attentionKernels<float>(), std::type_identity<float>());
    }
}

template <typename Number>
Number* numbers(const at::Tensor& tensor) {
    return static_cast<Number*>(tensor.data_ptr());
}

/// Calls `work` for each head of each row with the head, its index, where its query and its output lie, and scratch
/// memory; heads are shared among the threads.
template <typename Kernels, typename Work>
void forEachHead(const Kernels& kernels, const at::Tensor& qkv, std::int64_t heads, const Rotary& rotary, Work work) {
    const std::int64_t rows = qkv.size(0);
    const std::int64_t time = qkv.size(1);
    const std::int64_t width = qkv.size(2) / 3;
    const AttentionHead head{.time = static_cast<int>(time),
                             .width = static_cast<int>(width / heads),
                             .stride = 3 * width,
                             .part = width,
                             .outStride = width,
                             .cosine = rotary.cosine.data_ptr<float>(),
                             .sine = rotary.sine.data_ptr<float>()};
    at::parallel_for(0, rows * heads, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor scratch = at::empty({static_cast<std::int64_t>(kernels.scratch(head))});
        for (std::int64_t index = begin; index < end; ++index) {
            const std::int64_t row = index / heads;
            const std::int64_t first = index % heads * head.width;
            work(head, index, row * time * 3 * width + first, row * time * width + first, scratch.data_ptr<float>());
        }
    });
}

class KernelAttention : public torch::autograd::Function<KernelAttention> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& given, std::int64_t heads,
                              const at::Tensor& cosine, const at::Tensor& sine) {
        const at::Tensor qkv = given.contiguous();
        const at::Tensor out = at::empty({qkv.size(0), qkv.size(1), qkv.size(2) / 3}, qkv.options());
        const at::Tensor logSums = at::empty({qkv.size(0) * heads, qkv.size(1)});
        withKernels(qkv, [&]<typename Number>(const auto& kernels, std::type_identity<Number>) {
            forEachHead(
                kernels, qkv, heads, {cosine, sine},
                [&](const AttentionHead& head, std::int64_t index, std::int64_t in, std::int64_t to, float* scratch) {
                    kernels.forward(head, numbers<Number>(qkv) + in, numbers<Number>(out) + to,
                                    logSums.data_ptr<float>() + index * head.time, scratch);
                });
        });
        context->save_for_backward({qkv, cosine, sine, out, logSums});
        context->saved_data["heads"] = heads;
        return out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor& qkv = saved[0];
        const at::Tensor& out = saved[3];
        const at::Tensor& logSums = saved[4];
        const at::Tensor outGradient = gradients[0].contiguous();
        const at::Tensor gradient = at::empty_like(qkv);
        withKernels(qkv, [&]<typename Number>(const auto& kernels, std::type_identity<Number>) {
            forEachHead(
                kernels, qkv, context->saved_data["heads"].toInt(), {saved[1], saved[2]},
                [&](const AttentionHead& head, std::int64_t index, std::int64_t in, std::int64_t to, float* scratch) {
                    kernels.backward(head, numbers<Number>(qkv) + in, numbers<Number>(out) + to,
                                     numbers<Number>(outGradient) + to, logSums.data_ptr<float>() + index * head.time,
                                     numbers<Number>(gradient) + in, scratch);
                });
        });
        return {gradient, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

class SquaredRelu : public torch::autograd::Function<SquaredRelu> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
        const at::Tensor positive = at::relu(x);
        context->save_for_backward({positive});
        return positive * positive;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        return {(gradients[0] * context->get_saved_variables()[0]).mul_(2)};
    }
};

}  // namespace

at::Tensor causalAttention(const at::Tensor& qkv, std::int64_t heads, const Rotary& rotary) {
    if (qkv.is_cpu()) {
        return KernelAttention::apply(qkv, heads, rotary.cosine, rotary.sine);
    }
    const std::int64_t batch = qkv.size(0);
    const std::int64_t time = qkv.size(1);
    const std::int64_t width = qkv.size(2) / 3;
    const at::Tensor parts = qkv.view({batch, time, 3, heads, width / heads}).permute({2, 0, 3, 1, 4});
    const auto turned = [&](const at::Tensor& head) {
        const auto halves = head.chunk(2, -1);
        return at::cat({halves[0] * rotary.cosine - halves[1] * rotary.sine,
                        halves[0] * rotary.sine + halves[1] * rotary.cosine},
                       -1)
            .to(qkv.scalar_type());
    };
    return libtorchAttention(turned(parts[0]), turned(parts[1]), parts[2])
        .transpose(1, 2)
        .reshape({batch, time, width});
}

at::Tensor squaredRelu(const at::Tensor& x) { return SquaredRelu::apply(x); }

bool hasFastBfloat16(at::Device device) {
    return device.is_cuda() || (device.is_cpu() && attentionKernels<std::uint16_t>() != nullptr);
}

}  // namespace ricercar
