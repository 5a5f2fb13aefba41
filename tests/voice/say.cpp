// voice_say LOCALE female|male <TEXT >WAV
//
// Says a text as a call would, by espeak-ng:
//   echo "Your code is: 1, 2, 3, 4." | build/dev/tests/voice/voice_say en-gb male | aplay
#include <cstdio>
#include <iostream>
#include <iterator>

#include "tests/support/real_time.hpp"
#include "voice/speaker.hpp"

int main(int argc, char** argv) {
    using namespace roger;
    if (argc != 3) {
        std::fputs("voice_say LOCALE female|male <TEXT >WAV\n", stderr);
        return 2;
    }
    boost::asio::io_context io{1};
    const testing_support::RealClock clock;
    auto engine = voice::make_engine(io.get_executor(), {});
    voice::Speaker speaker(io.get_executor(), clock, std::move(*engine));
    voice::Utterance utterance{.locale = argv[1], .text = {std::istreambuf_iterator<char>(std::cin), {}}};
    if (std::string_view(argv[2]) == "male") utterance.voice = verification::Voice::male;
    const auto audio =
        testing_support::complete(io, speaker.speak(std::move(utterance), clock.steady_now() + seconds(60)));
    testing_support::complete(io, speaker.stop());
    if (!audio) {
        std::fprintf(stderr, "voice_say: %s\n", audio.error().detail.c_str());
        return 1;
    }
    std::cout << voice::write_wav((*audio)->samples);
    return 0;
}
