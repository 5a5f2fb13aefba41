#include "voice/script.hpp"

#include <gtest/gtest.h>

#include "message/message.hpp"

namespace roger::voice {
namespace {

/// "Hello|1 2 3 4|again", with a '*' where the PIN has been said once.
std::string shown(std::string_view text) {
    const auto script = read_script(text);
    if (!script) return "refused";
    std::string out;
    for (std::size_t i = 0; i < script->pieces.size(); ++i) {
        const Script::Piece& piece = script->pieces[i];
        if (i > 0) out += piece.spelt && script->pieces[i - 1].spelt ? " " : "|";
        out += piece.text;
        if (i + 1 == script->pin_end) out += "*";
    }
    return out;
}

TEST(ScriptTest, ThePinsCharactersStandAlone) {
    EXPECT_EQ(shown("Hello. Your Acme code is: 1, 2, 3, 4. I repeat, your code is: 1, 2, 3, 4. Goodbye."),
              "Hello. Your Acme code is:|1 2 3 4*|I repeat, your code is:|1 2 3 4|Goodbye.");
    EXPECT_EQ(shown("1, 1, 1, 1, 1, 1"), "1 1 1 1 1 1*");
    EXPECT_EQ(shown("Code a, B, 3, d, 5, f, 7, h, 9, 0!"), "Code|a B 3 d 5 f 7 h 9 0*");
    EXPECT_EQ(shown("コードは1, 2, 3, 4です。もう一度、1, 2, 3, 4です。"),
              "コードは|1 2 3 4*|です。もう一度、|1 2 3 4|です。");
}

TEST(ScriptTest, WhatOnlyLooksLikeAPinIsAPhrase) {
    for (const auto* text : {"1, 2, 3", "Your code is 1234", "11, 2, 3, 4", "1,2,3,4", "a1, 2, 3, 4"}) {
        EXPECT_EQ(shown(text), text);
    }
    EXPECT_EQ(shown("1, 2, 3, 45"), "1, 2, 3, 45");
}

// A brand may be "1, 2, 3, 4": it is spelt too, but who hangs up after it has not heard the PIN.
TEST(ScriptTest, ABrandThatLooksLikeAPinIsNotThePin) {
    EXPECT_EQ(shown("Your 1, 2, 3, 4 code is: 5, 6, 7, 8. Again: 5, 6, 7, 8."),
              "Your|1 2 3 4|code is:|5 6 7 8*|Again:|5 6 7 8");
}

// Words that an account writes itself may run into the PIN.
TEST(ScriptTest, WhatMayHoldAPinIsNotKept) {
    const auto kept = [](std::string_view text) {
        std::string out;
        const auto script = read_script(text);
        for (const Script::Piece& piece : script->pieces) out += piece.keep ? piece.text + "|" : "-|";
        return out;
    };
    EXPECT_EQ(kept("Code 1, 2, 3, 4. Again: 1, 2, 3, 4"), "Code|1|2|3|4|Again:|1|2|3|4|");
    EXPECT_EQ(kept("Code 1, b, 3, 4"), "Code|1|-|3|4|");
    EXPECT_EQ(kept("Code 1234"), "-|");
    EXPECT_EQ(kept("Code x1, 2, 3, 4 again 1, 2, 3, 4"), "-|1|2|3|4|");
    EXPECT_EQ(kept("Code 1, 2, 3, 4x again 1, 2, 3, 4"), "-|1|2|3|4|");
}

TEST(ScriptTest, WhatAnEngineCouldTakeForCommandsGoes) {
    EXPECT_EQ(shown("Your [[h@l'oU]] <audio src=x> code\n\x7F is 1, 2, 3, 4"),
              "Your   h@l'oU    audio src=x  code   is|1 2 3 4*");
}

TEST(ScriptTest, ATextWithoutWordsOrTooLongIsRefused) {
    for (const auto* text : {"", " ", "...", "[[]]", "。、"}) EXPECT_EQ(shown(text), "refused") << text;
    EXPECT_EQ(read_script(std::string(text_bytes_max, 'a'))->pin_end, 0U);
    EXPECT_FALSE(read_script(std::string(text_bytes_max + 1, 'a')));
}

// The two rooms agree: whatever the language, the PIN of a spoken text is found, twice, and in no phrase.
TEST(ScriptTest, EveryLanguagesTextSpellsItsPin) {
    for (const message::LocaleInfo& locale : message::locales()) {
        for (const bool psd2 : {false, true}) {
            if (psd2 ? !locale.psd2 : !locale.verify) continue;
            message::Values values{.brand = "Acme", .pin = "904728", .minutes = 5};
            if (psd2) values.amount = "48.50";
            const auto script = read_script(message::render(locale.name, message::Channel::tts, values));
            ASSERT_TRUE(script) << locale.name;
            std::string spelt;
            std::size_t first = 0;
            for (std::size_t i = 0; i < script->pieces.size(); ++i) {
                const Script::Piece& piece = script->pieces[i];
                if (piece.spelt) spelt += piece.text;
                if (spelt.size() == 6 && first == 0) first = i + 1;
                if (!piece.spelt) EXPECT_EQ(piece.text.find("904728"), std::string::npos) << locale.name;
            }
            EXPECT_EQ(spelt, "904728904728") << locale.name;
            EXPECT_EQ(script->pin_end, first) << locale.name;
        }
    }
}

}  // namespace
}  // namespace roger::voice
