#pragma once

#include <map>

#include "core/music/song.h"

namespace ricercar {

/// Lines that divide each quarter note of a bar, counted from its start, into equal steps: 4 for sixteenths, 6 for
/// triplets of sixteenths.
struct Grid {
    int stepsPerQuarter = 4;  ///< at least 1

    bool operator==(const Grid&) const = default;
};

/// The grid of each bar of a song.
struct GridMap {
    Grid usual;
    std::map<int, Grid> exceptions;  ///< by bar, from 0

    Grid ofBar(int bar) const;
    bool operator==(const GridMap&) const = default;
};

/// Chooses between the two grids by the mean square distance of the onsets from the nearest lines, in steps of the grid
/// (so that the finer grid has no advantage): `usual` for the whole song, and for each bar whose
/// onsets lie clearly closer to the other grid, that one.
GridMap chooseGrid(const Song& song, Grid binary = {4}, Grid ternary = {6});

/// Moves the start and the end of each note towards the nearest line of its bar, all the way for a `strength` of 1, not
/// at all for 0. A note whose ends would meet ends one line later. Everything but the notes stays.
Song quantised(const Song& song, const GridMap& grids, double strength = 1.0);

}  // namespace ricercar
