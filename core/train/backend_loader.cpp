#include "core/train/backend_loader.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace ricercar {

namespace fs = std::filesystem;

void prepareNumericEnvironment() {
    const auto setDefault = [](const char* name, const std::string& value) { setenv(name, value.c_str(), 0); };
    setDefault("OPENBLAS_NUM_THREADS", "1");  // the backend sets how many compute
    setDefault("OMP_WAIT_POLICY", "passive");
    setDefault("GLOG_minloglevel", "3");  // what goes wrong in libtorch is said by the program itself
#if defined(__x86_64__)
    // OpenBLAS 0.3.21 knows no processor newer than 2022 and falls back to AVX2 kernels on it.
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
        setDefault("OPENBLAS_CORETYPE", "SkylakeX");
    }
#endif
}

Result<const NetworkBackend*> loadNetworkBackend() {
    static const Result<const NetworkBackend*> loaded = []() -> Result<const NetworkBackend*> {
        std::error_code error;
        const fs::path program = fs::read_symlink("/proc/self/exe", error);
        const fs::path module = program.parent_path().parent_path() / "lib/ricercar/ricercar-torch.so";
        void* library = dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            return failure("training needs libtorch, which could not be loaded: {}", dlerror());
        }
        using Entry = const NetworkBackend* (*)();
        const auto entry = reinterpret_cast<Entry>(dlsym(library, "ricercarNetworkBackend"));
        if (entry == nullptr) {
            return failure("{} is no module of this program", module.string());
        }
        return entry();
    }();
    return loaded;
}

}  // namespace ricercar
