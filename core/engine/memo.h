#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "core/base/result.h"

namespace ricercar {

/// Remembers the results of slow work that cannot be interrupted. A thread of its own does the work, one piece after
/// the other in the order in which they were asked for, so that whoever waits can stop waiting at any time; work that
/// nobody waits for any more is not begun. May be used by any thread.
template <typename Value>
class Memo {
public:
    using Make = std::function<Result<Value>()>;

    /// Remembers the `capacity` values that were asked for last.
    explicit Memo(std::size_t capacity)
        : m_capacity(capacity), m_worker([this](const std::stop_token& ending) { work(ending); }) {}

    /// The value for `key`, by `make` on the memo's thread unless it is remembered. Nothing when `stop` is requested
    /// before it is there. Errors are not remembered.
    std::optional<Result<Value>> get(const std::string& key, Make make, const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        const std::shared_ptr<Entry> entry = entryFor(key, std::move(make));
        ++entry->waiting;
        m_changed.notify_all();
        m_changed.wait(lock, stop, [&entry] { return entry->value.has_value(); });
        --entry->waiting;
        auto value = entry->value;
        forget();
        return value;
    }

private:
    struct Entry {
        std::string key;
        Make make;
        std::optional<Result<Value>> value;
        int waiting = 0;
        bool begun = false;
    };

    std::shared_ptr<Entry> entryFor(const std::string& key, Make make) {
        const auto found =
            std::find_if(m_entries.begin(), m_entries.end(), [&key](const auto& entry) { return entry->key == key; });
        if (found == m_entries.end()) {
            m_entries.push_back(std::make_shared<Entry>(Entry{key, std::move(make), {}, 0, false}));
        } else {
            m_entries.splice(m_entries.end(), m_entries, found);
        }
        return m_entries.back();
    }

    /// Lets go of errors, of work that nobody waits for, and of the oldest values beyond the capacity.
    void forget() {
        std::size_t beyond = m_entries.size() - std::min(m_entries.size(), m_capacity);
        std::erase_if(m_entries, [&beyond](const std::shared_ptr<Entry>& entry) {
            const bool failed = entry->value && !*entry->value;
            const bool unwanted = !entry->value && !entry->begun;
            const bool old = entry->value && beyond > 0;
            const bool gone = entry->waiting == 0 && (failed || unwanted || old);
            beyond -= gone && beyond > 0 ? 1 : 0;
            return gone;
        });
    }

    std::shared_ptr<Entry> nextWork() const {
        const auto next =
            std::find_if(m_entries.begin(), m_entries.end(), [](const auto& entry) { return !entry->begun; });
        return next == m_entries.end() ? nullptr : *next;
    }

    void work(const std::stop_token& ending) {
        std::unique_lock lock(m_mutex);
        while (m_changed.wait(lock, ending, [this] { return nextWork() != nullptr; })) {
            const std::shared_ptr<Entry> entry = nextWork();
            entry->begun = true;
            lock.unlock();
            Result<Value> value = std::exchange(entry->make, nullptr)();
            lock.lock();
            entry->value = std::move(value);
            forget();
            m_changed.notify_all();
        }
    }

    const std::size_t m_capacity;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::list<std::shared_ptr<Entry>> m_entries;  ///< asked for last at the end
    std::jthread m_worker;                        ///< last, so that it ends first
};

}  // namespace ricercar
