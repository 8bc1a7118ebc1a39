# Every library from outside, found once; README.md says why each was chosen.

find_package(Threads REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
find_package(Torch REQUIRED)

if(NOT RICERCAR_CORE_ONLY)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(FluidSynth REQUIRED IMPORTED_TARGET fluidsynth)
  pkg_check_modules(SndFile REQUIRED IMPORTED_TARGET sndfile)
  find_package(SQLite3 REQUIRED)
  find_package(Qt6 REQUIRED COMPONENTS Widgets Svg Test)
endif()

if(RICERCAR_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
  include(GoogleTest)
endif()
