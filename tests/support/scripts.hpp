// Small shell scripts that stand in for other programs, in a directory that goes with the test.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temp_directory.hpp"

namespace roger::testing_support {

class Scripts {
public:
    [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() / name; }
    /// A file of the directory. @return its path
    std::string write(const std::string& name, const std::string& content) const {
        std::filesystem::create_directories((directory_.path() / name).parent_path());
        std::ofstream(directory_.path() / name, std::ios::binary) << content;
        return path(name);
    }
    /// A shell script; in it $DIR is the directory. @return its path
    std::string script(const std::string& name, const std::string& lines) const {
        const std::string file = write(name, "#!/bin/sh\nDIR='" + directory_.path().string() + "'\n" + lines + "\n");
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        return file;
    }
    /// "" when there is no such file.
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(directory_.path() / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    TempDirectory directory_;
};

}  // namespace roger::testing_support
