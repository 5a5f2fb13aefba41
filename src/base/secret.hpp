// A text that must never be seen: wiped when it goes, no formatter, compared in constant time.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/crypto.hpp"

namespace roger {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            wipe(text_);
            text_ = other.text_;
        }
        return *this;
    }
    // A short string is copied by a move, so the source is wiped by hand.
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            wipe(text_);
            text_ = std::move(other.text_);
            wipe(other.text_);
        }
        return *this;
    }
    ~Secret() { wipe(text_); }

    /// For the one place that must have the plain text: a MAC, a cipher, or the answer that shows it once.
    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    [[nodiscard]] bool matches(std::string_view other) const noexcept {
        return equal_in_constant_time(as_bytes(text_), as_bytes(other));
    }

private:
    std::string text_;
};

}  // namespace roger
