#include <gtest/gtest.h>

#include <random>

#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/recon_reader.hpp"
#include "serializers/recon_writer.hpp"
#include "serializers/transcode.hpp"
#include "tests/serializers/recon_form.hpp"

/// Properties over random input; the seed is fixed, so a failure comes back.
namespace heddle::recon::test {
namespace {

class Generator {
 public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }
    const char* one_of(std::initializer_list<const char*> list) { return list.begin()[below(list.size())]; }

    /// Recon as peers might write it, with all its kinds of values, separators and spaces.
    std::string block(int depth) {
        std::string text = one_of({"", " ", "\n", "#c\n"});
        for (std::size_t count = below(4); count-- > 0;) {
            text += item(depth);
            if (count) text += one_of({",", ";", "\n", " , "});
        }
        return text + one_of({"", " ", "\n"});
    }
    std::string item(int depth) {
        return below(3) ? value(depth) : value(depth) + one_of({":", " : "}) + (below(4) ? value(depth) : "");
    }
    std::string value(int depth) {
        std::string text;
        for (std::size_t count = below(3); count-- > 0 && depth > 0;) text += attribute(depth - 1) + one_of({"", " "});
        if (text.empty() || below(2)) text += (text.empty() ? "" : " ") + primary(depth);
        if (depth > 0 && below(5) == 0) text += attribute(depth - 1);
        return text;
    }
    std::string attribute(int depth) {
        std::string text = one_of({"@a", "@b-1", "@\"x y\"", "@\"true\"", "@null", "@é"});
        return below(2) ? text : text + "(" + block(depth) + ")";
    }
    std::string primary(int depth) {
        if (depth > 0 && below(3) == 0) return "{" + block(depth - 1) + "}";
        if (depth > 0 && below(8) == 0)
            return "[" + std::string(one_of({"", "x", " a b\\]"})) +
                   (below(2) ? "{" + block(depth - 1) + "}" : "@m[t]") + "z]";
        return one_of({"x",
                       "true",
                       "\"true\"",
                       "\"\"",
                       "\"a\\tb\\u00e9\"",
                       "'it\"s'",
                       "`r\\n`",
                       "5",
                       "-7",
                       "0.5",
                       "1e21",
                       "-0.0",
                       "-0",
                       "0xff",
                       "0x123456789",
                       "%AAEC",
                       "%",
                       "(1)",
                       "9223372036854775807",
                       "99999999999999999999",
                       "-99999999999999999999",
                       "日本",
                       "1.0",
                       "1e-9"});
    }

 private:
    std::mt19937 random_;
};

TEST(ReconRandom, WhatIsReadIsWrittenSoThatItReadsBackTheSame) {
    Generator generator(1);
    int good = 0;
    for (int round = 0; round < 3'000; ++round) {
        const std::string text = generator.block(3);
        const nlohmann::json form = form_of(text);
        if (form.is_object() && form.contains("$error")) continue;
        ++good;
        ASSERT_EQ(form_of(canonical(text)), form) << text << "\nas " << canonical(text);
        ASSERT_EQ(canonical(canonical(text)), canonical(text)) << text;
        ASSERT_EQ(canonical(text).find('['), canonical(text, put_block).find('[')) << "never markup: " << text;
        const std::string block = "@a(" + canonical(text, put_block) + ")";
        const nlohmann::json inside = form_of(block);
        ASSERT_EQ(inside[0]["@a"], form.is_object() && form.contains("$absent") ? nlohmann::json() : form)
            << text << "\nas " << block;
    }
    EXPECT_GT(good, 1'500);
}

// Recon -> WAMP -> Recon -> WAMP: the first step may change the form, the others must not change the value.
TEST(ReconRandom, AValueThatWentToWampStaysWhatItIs) {
    Generator generator(2);
    int good = 0;
    for (int round = 0; round < 3'000; ++round) {
        Tape tape;
        const std::string text = generator.block(3);
        if (!Parser(tape).block(text)) continue;
        ByteBuffer packed, written, again;
        ReconReader reader(tape.root());
        ASSERT_TRUE(transcode(reader, MsgpackWriter(packed), packed)) << text;
        MsgpackReader packed_reader(packed.view());
        ASSERT_TRUE(transcode(packed_reader, ReconWriter(written), written)) << text;
        ASSERT_TRUE(Parser(tape).block(written.view())) << text << "\nas " << written.view();
        ReconReader second(tape.root());
        ASSERT_TRUE(transcode(second, MsgpackWriter(again), again)) << written.view();
        ASSERT_EQ(again.view(), packed.view()) << text << "\nas " << written.view();
        ++good;
    }
    EXPECT_GT(good, 1'500);
}

// Damage: bytes changed, cut or put in. Refused or read, but never past the end (the sanitizers watch), and if read,
// sound.
TEST(ReconRandom, DamagedTextIsRefusedOrRead) {
    Generator generator(3);
    int refused = 0;
    for (int round = 0; round < 6'000; ++round) {
        std::string text = generator.block(3);
        for (std::size_t count = generator.below(3) + 1; count-- > 0;) {
            const std::size_t at = generator.below(text.size() + 1);
            const char byte = "{}[]()@:,;\"'`%-\\#\n\x00\xC3 x1"[generator.below(23)];
            if (generator.below(2))
                text.insert(at, 1, byte);
            else if (at < text.size())
                text.resize(at);
        }
        const std::unique_ptr<char[]> exact(new char[text.size()]);
        std::copy(text.begin(), text.end(), exact.get());
        const std::string_view view(exact.get(), text.size());
        const nlohmann::json form = form_of(view);
        if (form.is_object() && form.contains("$error")) {
            ASSERT_LE(form["$at"].get<std::size_t>(), text.size());
            ++refused;
        } else {
            ASSERT_EQ(form_of(canonical(view)), form) << text;
        }
    }
    EXPECT_GT(refused, 1'000);
    EXPECT_LT(refused, 5'800);
}

}  // namespace
}  // namespace heddle::recon::test
