#include "core/bench/figure.h"

namespace ricercar {

Json toJson(const Figure& figure) {
    Json json{{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
    for (const Figure::Peer& peer : figure.peers) {
        json["peers"].push_back({{"name", peer.name}, {"value", peer.value}, {"ratio", figure.value / peer.value}});
    }
    return json;
}

}  // namespace ricercar
