#pragma once
int serve();
