#include "core/audio/jack_server.h"

#include <dlfcn.h>

#include <memory>

namespace ricercar {

namespace {

// From jack/types.h; the library is looked for at run time because not every system has it.
struct Client;
constexpr int noStartServer = 1;
using OpenFunction = Client* (*)(const char* name, int options, int* status, ...);
using CloseFunction = int (*)(Client*);
using SampleRateFunction = unsigned (*)(Client*);
using MessageFunction = void (*)(void (*)(const char*));

struct LibraryCloser {
    void operator()(void* library) const { dlclose(library); }
};

template <typename Function>
Function function(void* library, const char* name) {
    return reinterpret_cast<Function>(dlsym(library, name));
}

}  // namespace

std::optional<double> jackSampleRate() {
    const std::unique_ptr<void, LibraryCloser> library(dlopen("libjack.so.0", RTLD_NOW));
    if (!library) {
        return std::nullopt;
    }
    const auto open = function<OpenFunction>(library.get(), "jack_client_open");
    const auto close = function<CloseFunction>(library.get(), "jack_client_close");
    const auto sampleRate = function<SampleRateFunction>(library.get(), "jack_get_sample_rate");
    if (open == nullptr || close == nullptr || sampleRate == nullptr) {
        return std::nullopt;
    }
    for (const char* setter : {"jack_set_error_function", "jack_set_info_function"}) {
        if (const auto set = function<MessageFunction>(library.get(), setter)) {
            set([](const char*) {});
        }
    }
    Client* client = open("ricercar-probe", noStartServer, nullptr);
    if (client == nullptr) {
        return std::nullopt;
    }
    const double rate = sampleRate(client);
    close(client);
    return rate;
}

}  // namespace ricercar
