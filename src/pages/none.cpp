// In place of the files that web/ builds: -DROGER_WEB=OFF.
#include "pages/pages.hpp"

namespace roger::pages {

std::span<const File> built_files() { return {}; }

}  // namespace roger::pages
