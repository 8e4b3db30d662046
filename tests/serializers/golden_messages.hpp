#pragma once
#include <string_view>

namespace heddle::test {

/// Every message with every field and known key set, in the order in which we write them.
inline constexpr std::string_view full_messages[] = {
    R"([1,"realm1",{"roles":{"publisher":{},"caller":{"features":{"progressive_call_results":true,)"
    R"("call_canceling":true}}},"agent":"x-1","authid":"joe","authmethods":["wampcra","ticket"],)"
    R"("authextra":{"pubkey":"a1","channel_binding":null,"more":{"x":[1]}}}])",
    R"([2,9007199254740992,{"roles":{"broker":{"features":{"publisher_exclusion":true,)"
    R"("event_retention":true}},"dealer":{}},"agent":"heddle","realm":"realm1","authid":"joe",)"
    R"("authrole":"user","authmethod":"ticket","authprovider":"static",)"
    R"("authextra":{"verifier":"dj0="}}])",
    R"([3,{"message":"no \"such\" realm"},"wamp.error.no_such_realm",[1],{"k":2}])",
    R"([4,"wampcra",{"challenge":"{\"nonce\":1}","iterations":1000}])",
    R"([5,"c2ln",{"nonce":"n"}])",
    R"([6,{"message":"bye"},"wamp.close.normal"])",
    R"([8,68,7,{"ppt_scheme":"wamp","_why":[1]},"com.app.error",["why"],{"code":3}])",
    R"([16,1,{"acknowledge":true,"exclude_me":false,"disclose_me":true,"retain":true,"exclude":[1,2],)"
    R"("eligible":[],"exclude_authid":["a"],"eligible_authid":["b"],"exclude_authrole":["c"],)"
    R"("eligible_authrole":["d","e"]},"a.b",[1],{"k":"v"}])",
    R"([17,1,4429313566])",
    R"([32,2,{"match":"wildcard","get_retained":true},"a..c"])",
    R"([33,2,5512315355])",
    R"([34,3,5512315355])",
    R"([35,0,{"subscription":5512315355,"reason":"wamp.error.not_authorized"}])",
    R"([36,5512315355,4429313566,{"topic":"a.b.c","publisher":3335656,"publisher_authid":"joe",)"
    R"("publisher_authrole":"user","trustlevel":0,"retained":true},["x"],{"y":null}])",
    R"([48,4,{"timeout":5000,"receive_progress":true,"progress":true,"disclose_me":true,"ppt_scheme":"wamp",)"
    R"("ppt_serializer":"cbor","ppt_cipher":"xsalsa20poly1305","ppt_keyid":"k","_trace":{"id":[1,null]},)"
    R"("x_tag":7},"com.app.add",[2,)"
    R"(3],{"z":true}])",
    R"([49,4,{"mode":"killnowait"}])",
    R"([50,4,{"progress":true,"ppt_scheme":"x_own","_trace":1.5},[5],{"u":1.5}])",
    R"([64,5,{"match":"prefix","invoke":"roundrobin","disclose_caller":true,"forward_timeout":true,)"
    R"("force_reregister":true},"com.app"])",
    R"([65,5,2103333224])",
    R"([66,6,2103333224])",
    R"([67,0,{"registration":2103333224,"reason":"gone"}])",
    R"([68,1,2103333224,{"procedure":"com.app.add","caller":3335656,"caller_authid":"joe",)"
    R"("caller_authrole":"user","trustlevel":3,"timeout":5000,"receive_progress":true,"progress":true,"ppt_scheme":"mqtt",)"
    R"("x_tag":true},[2],)"
    R"({"q":[]}])",
    R"([69,1,{"mode":"kill"}])",
    R"([70,1,{"progress":true,"ppt_scheme":"wamp","_trace":"t"},[6],{"w":{}}])",
};

/// The same, with nothing that may be left out.
inline constexpr std::string_view short_messages[] = {
    R"([1,"realm1",{"roles":{}}])",
    R"([2,1,{"roles":{}}])",
    R"([3,{},"a.b"])",
    R"([4,"ticket",{}])",
    R"([5,"",{}])",
    R"([6,{},"a.b"])",
    R"([8,48,1,{},"a.b"])",
    R"([16,1,{},"a.b"])",
    R"([17,1,1])",
    R"([32,1,{},"a.b"])",
    R"([33,1,1])",
    R"([34,1,1])",
    R"([35,1])",
    R"([36,1,1,{}])",
    R"([48,1,{},"a.b"])",
    R"([49,1,{}])",
    R"([50,1,{}])",
    R"([64,1,{},"a.b"])",
    R"([65,1,1])",
    R"([66,1,1])",
    R"([67,1])",
    R"([68,1,1,{}])",
    R"([69,1,{}])",
    R"([70,1,{}])",
};

}  // namespace heddle::test
