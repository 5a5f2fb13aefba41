#pragma once
#include <chrono>
int judge(std::chrono::system_clock::time_point now);
