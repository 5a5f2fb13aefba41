// A directory of a test's own, gone with it.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/assert.hpp"

namespace roger::testing_support {

class TempDirectory {
public:
    TempDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "roger-test-XXXXXX").string();
        ROGER_ASSERT(::mkdtemp(name.data()) != nullptr, "tests need a place for their files");
        path_ = name;
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;
    ~TempDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace roger::testing_support
