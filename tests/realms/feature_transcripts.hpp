#pragma once
#include <span>

#include "tests/realms/script.hpp"

namespace heddle::test {

/// Who takes part in a feature's transcript: the one that asks (caller, publisher) and the one that is asked (callee,
/// subscriber), and whether each announced in HELLO all features that a client may.
struct Announcing {
    bool asking, asked;
    Roles ann() const { return asking ? every_feature() : all_roles(); }  // ann asks
    Roles bob() const { return asked ? every_feature() : all_roles(); }   // bob is asked
    static Roles every_feature();
};

/// What a feature does, for peers that announced it and for those that did not: what both may rely on.
struct FeatureTranscript {
    Feature feature;
    void (*write)(Script&, const Announcing&);
};

/// A row for each announced feature: announced_test.cpp sees to that, and feature_transcripts_test.cpp plays them.
std::span<const FeatureTranscript> feature_transcripts();

}  // namespace heddle::test
