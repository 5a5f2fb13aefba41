// What the roger command returns; fixed, for scripts build on it.
#pragma once

namespace roger::app {

enum ExitCode : int {
    done = 0,     ///< or the right code
    refused = 1,  ///< the text has status and reason
    usage = 2,
    not_reached = 3,    ///< no server there; nothing was done
    unknown = 4,        ///< the outcome is unknown: ask again before repeating
    disk_failure = 75,  ///< EX_TEMPFAIL
    wrong_setup = 78,   ///< EX_CONFIG: keys or configuration
};

}  // namespace roger::app
