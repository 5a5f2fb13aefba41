cmake_policy(VERSION 3.25)
# Stops the build when an object of a pure room reaches for the outside world.
# cmake -DROOM=… -DNM=llvm-nm -DARCHIVE=libroger_x.a -P check_pure.cmake
execute_process(COMMAND "${NM}" -u "${ARCHIVE}" OUTPUT_VARIABLE symbols RESULT_VARIABLE failed ERROR_VARIABLE why)
if(failed)
  message(FATAL_ERROR "cannot read the symbols of ${ARCHIVE}: ${why}")
endif()
string(REGEX MATCHALL "U [^\n]+" symbols "${symbols}")
set(forbidden
    # clocks and the time zone
    "^(clock|clock_gettime|clock_getres|clock_nanosleep|gettimeofday|time|timespec_get|times|localtime(_r)?|gmtime(_r)?|mktime|nanosleep|usleep|sleep|alarm|timer_.*|timerfd_.*)$"
    "^_ZNSt6chrono3_V21[0-9](system|steady)_clock3nowEv$"
    # random devices
    "^(getrandom|getentropy|arc4random.*|rand|rand_r|random|srand|[dlm]rand48|RAND_.*|randombytes.*)$" "^_ZNSt13random_device"
    # sockets and files
    "^(socket|socketpair|connect|accept4?|bind|listen|send|sendto|sendmsg|(__)?recv(from|msg)?(_chk)?|(__)?p?poll(_chk)?|epoll_.*|select|getaddrinfo|gethostbyname.*|ioctl|fcntl(64)?|pipe2?|eventfd)$"
    "^(open|open64|openat|openat64|__open_2|creat|fopen|fopen64|fdopen|freopen|(__)?fread(_chk)?|(__)?fgets(_chk)?|(__)?p?read(64)?(_chk)?|write|pwrite|pwrite64|readv|writev|fsync|fdatasync|unlink|rename|mkdir|rmdir|stat|stat64|lstat|fstat|access|opendir|mmap|mmap64|flock|tmpfile|mkstemp)$"
    "basic_(ifstream|ofstream|fstream|filebuf)" "^_ZNK?St10filesystem" "^_ZSt[34](cin|cout|cerr|clog)$"
    # the process, its environment and its threads
    "^(getenv|secure_getenv|setenv|unsetenv|putenv|setlocale|getpid|getuid|gethostname|uname|system|popen|execv.*|execl.*|posix_spawnp?|v?fork|kill|raise|signal|sigaction|dlopen|syscall|syslog)$"
    "^(pthread_(create|mutex_.*|rwlock_.*|cond_.*|once)|thrd_create|mtx_lock|sem_.*)$" "^_ZNSt6thread" "^_ZNSt18condition_variable")
foreach(line IN LISTS symbols)
  string(REGEX REPLACE "^U " "" symbol "${line}")
  foreach(pattern IN LISTS forbidden)
    if(symbol MATCHES "${pattern}")
      file(REMOVE "${ARCHIVE}")  # else the next build would find it fresh and pass
      message(FATAL_ERROR "'${ROOM}' is a pure room, yet it calls ${symbol}. Pass the value in as an argument instead.")
    endif()
  endforeach()
endforeach()
