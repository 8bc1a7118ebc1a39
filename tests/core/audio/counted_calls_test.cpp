#include "tests/core/audio/counted_calls.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>

// The C library's own names let this program stand between every library it uses and the allocator.
extern "C" {
void* __libc_malloc(std::size_t size);                       // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);    // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* memory, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t align, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
void __libc_free(void* memory);                              // NOLINT(bugprone-reserved-identifier)
}

namespace {

struct Counts {
    bool counting = false;
    int allocations = 0;
    int frees = 0;
    int locks = 0;
};
thread_local Counts counts;

[[maybe_unused]] void count(int Counts::*what) {  // not under sanitizers
    if (counts.counting) {
        ++(counts.*what);
    }
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
const bool ricercar::CountedCalls::counts = false;
#else
const bool ricercar::CountedCalls::counts = true;

extern "C" {
void* malloc(std::size_t size) {
    count(&Counts::allocations);
    return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
    count(&Counts::allocations);
    return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) {
    count(&Counts::allocations);
    return __libc_realloc(memory, size);
}
void* memalign(std::size_t align, std::size_t size) {
    count(&Counts::allocations);
    return __libc_memalign(align, size);
}
void* aligned_alloc(std::size_t align, std::size_t size) { return memalign(align, size); }
int posix_memalign(void** memory, std::size_t align, std::size_t size) {
    *memory = memalign(align, size);
    return 0;
}
void free(void* memory) {
    if (memory != nullptr) {
        count(&Counts::frees);
    }
    __libc_free(memory);
}
int pthread_mutex_lock(pthread_mutex_t* mutex) {
    static const auto next = reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
    count(&Counts::locks);
    return next(mutex);
}
}

void* operator new(std::size_t size) {
    if (void* memory = malloc(size)) {
        return memory;
    }
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete(void* memory, std::size_t) noexcept { free(memory); }
#endif

namespace ricercar {

CountedCalls::CountedCalls() { ::counts = {.counting = true}; }
CountedCalls::~CountedCalls() { ::counts.counting = false; }
int CountedCalls::allocations() const { return ::counts.allocations; }
int CountedCalls::frees() const { return ::counts.frees; }
int CountedCalls::locks() const { return ::counts.locks; }

namespace {

TEST(CountedCalls, CountsWhatIsDoneHere) {
    if (!CountedCalls::counts) {
        GTEST_SKIP() << "the sanitizer has its own allocator";
    }
    std::mutex mutex;
    const CountedCalls calls;
    EXPECT_EQ(calls.allocations() + calls.frees() + calls.locks(), 0);
    auto memory = std::make_unique<int[]>(100);
    free(std::malloc(100));
    { const std::lock_guard lock(mutex); }
    memory.reset();
    EXPECT_EQ(calls.allocations(), 2);
    EXPECT_EQ(calls.frees(), 2);
    EXPECT_EQ(calls.locks(), 1);
}

}  // namespace
}  // namespace ricercar
