# Shared by the scripts beside it: `. script/lib.sh` after `cd` to the root of the checkout.
# shellcheck shell=bash

say() { printf '==> %s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Prints the comment that opens a script, which is its help.
help_of() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

# One compile needs 1.1 GB (eight test files of `api` as one, under asan), so memory limits the number beside the cores.
jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ {print int($2 / 1700000)}' /proc/meminfo)
    echo "${ROGER_JOBS:-$((memory < 1 ? 1 : memory < cores ? memory : cores))}"
}

# configure PRESET: does nothing while no file that CMake reads is newer than the last time.
configure() {
    local preset=$1 directory="build/$1" stamp="build/$1/.configured" fresh=()
    if [ -e "$stamp" ] && [ -e "$directory/build.ninja" ] && [ "$(cat "$stamp")" = "$PWD" ] &&
        [ -z "$(find CMakeLists.txt CMakePresets.json cmake src tests fuzz bench -newer "$stamp" \
            \( -name CMakeLists.txt -o -name '*.cmake' -o -name CMakePresets.json \) \
            -not -path '*/node_modules/*' -print -quit 2>/dev/null)" ]; then
        return
    fi
    # A checkout that was moved or copied with its build directory: CMake refuses the old cache.
    if [ -e "$stamp" ] && [ "$(cat "$stamp")" != "$PWD" ]; then fresh=(--fresh); fi
    say "configuring build/$preset"
    mkdir -p "$directory"
    if ! cmake --preset "$preset" "${fresh[@]}" >"$directory/configure.log" 2>&1; then
        cat "$directory/configure.log" >&2
        die "CMake could not configure build/$preset"
    fi
    printf '%s' "$PWD" >"$stamp"
}

# build PRESET [TARGET…]
build() {
    local preset=$1
    shift
    configure "$preset"
    say "building build/$preset (${*:-all})"
    cmake --build "build/$preset" -j "$(jobs)" ${1:+--target "$@"}
}

# The C++ files of the tree, tracked or new; works without git too (an unpacked archive).
sources() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -co --exclude-standard -- '*.cpp' '*.hpp' | while read -r file; do
            if [ -e "$file" ]; then echo "$file"; fi
        done
    else
        find cmake src tests fuzz bench \( -name '*.cpp' -o -name '*.hpp' \) -not -path '*/node_modules/*' 2>/dev/null
    fi | sort
}
