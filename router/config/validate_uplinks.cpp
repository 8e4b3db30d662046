#include <sys/stat.h>

#include <map>

#include "realms/uri_check.hpp"
#include "router/config/validate.hpp"
#include "router/secret.hpp"
#include "router/uplink_address.hpp"

namespace heddle::config {
namespace {

void check_secret(const Element& element, const std::string& reference, Mistakes& mistakes) {
    if (const auto secret = read_secret(reference); !secret)
        return report(
            mistakes, false, element, "secret", secret.error().what,
            reference.starts_with("file:") || reference.starts_with("env:") ? "" : "value is for what is none");
    struct stat info {};
    if (!reference.starts_with("file:") || ::stat(reference.c_str() + 5, &info) != 0 || (info.st_mode & 07) == 0)
        return;
    report(mistakes, false, element, "secret", "others may read " + reference.substr(5),
           "chmod o= " + reference.substr(5));
}

void check_credentials(const Element& uplink, const UplinkEntry& entry, Mistakes& mistakes) {
    const auto elements = children_of(uplink, "credentials");
    unique_names(elements, mistakes);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const UplinkEntry::Credential& credential = entry.credentials[i];
        if (credential.value.empty() == credential.secret.empty())
            report(mistakes, false, *elements[i], credential.value.empty() ? "name" : "value",
                   "a credential has either a value or a secret");
        else if (!credential.secret.empty())
            check_secret(*elements[i], credential.secret, mistakes);
    }
}

void check_lanes(const Element& uplink, const UplinkEntry& entry, const RealmSettings& realm, Mistakes& mistakes) {
    const auto elements = children_of(uplink, "lanes");
    if (elements.empty())
        report(mistakes, true, uplink, "name", "uplink \"" + entry.link.name + "\" links no lanes",
               "like lanes = [{ node = \"/unit/1\", lane = \"value\" }]");
    std::map<std::string, const Element*> names, topics;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const Element& element = *elements[i];
        const UplinkLane& lane = entry.link.lanes[i];
        if (lane.node.empty() || lane.lane.empty()) continue;  // reported already
        if (const auto [first, fresh] = names.try_emplace(lane.node + '\n' + lane.lane, &element); !fresh)
            report(mistakes, false, element, "lane", "this lane stands twice",
                   "the first is in line " + std::to_string(spot_of(*first->second, "lane").line));
        const std::string topic = uplink_topic(entry.link, lane);
        if (topic.empty()) {
            report(mistakes, false, element, "lane",
                   "node \"" + lane.node + "\" and lane \"" + lane.lane + "\" name no topic", "add topic = \"..\"");
            continue;
        }
        const std::string_view name = lane.topic.empty() ? "lane" : "topic";
        const Match match = lane.kind == LaneKind::map ? Match::prefix : Match::exact;
        if (!valid_uri(topic, match, realm.uri_check, realm.limits))
            report(mistakes, false, element, name, "\"" + topic + "\" is no URI");
        else if (const auto [first, fresh] = topics.try_emplace(topic, &element); !fresh)
            report(mistakes, false, element, name, "another lane has topic \"" + topic + "\"",
                   "it is in line " + std::to_string(spot_of(*first->second, "lane").line));
    }
}

}  // namespace

void validate_uplinks(const Element& realm, const RealmEntry& settings, Mistakes& mistakes) {
    const auto elements = children_of(realm, "uplinks");
    const auto roles = names_of(children_of(realm, "role"));
    unique_names(elements, mistakes);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const Element& element = *elements[i];
        const UplinkEntry& entry = settings.uplinks[i];
        const auto address = parse_warp_url(entry.link.url);
        if (!entry.link.url.empty() && !address)
            report(mistakes, false, element, "url",
                   "\"" + entry.link.url + "\" is no address: " + address.error().what);
        if (!entry.link.role.empty() && !one_of(entry.link.role, roles))
            report(mistakes, false, element, "role",
                   "realm \"" + settings.realm.name + "\" has no role \"" + entry.link.role + "\"",
                   did_you_mean(entry.link.role, roles));
        check_file(element, "ca", entry.ca, false, mistakes);
        if (address && !address->tls && !entry.ca.empty())
            report(mistakes, true, element, "ca", "ca without effect: \"" + entry.link.url + "\" is without TLS");
        check_credentials(element, entry, mistakes);
        check_lanes(element, entry, settings.realm, mistakes);
    }
}

}  // namespace heddle::config
