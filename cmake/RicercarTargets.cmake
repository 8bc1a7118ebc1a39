# The few shapes that targets of this project have. Each takes every .cpp file of the folder that calls it.

option(RICERCAR_DEVELOPER "Warnings are errors" OFF)
set(RICERCAR_SANITIZE "" CACHE STRING "Comma-separated list for -fsanitize=")

# Warnings, sanitizers and the include root, carried by every target of the project.
add_library(ricercar_options INTERFACE)
target_include_directories(ricercar_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(ricercar_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       $<$<BOOL:${RICERCAR_DEVELOPER}>:-Werror>
                       # GCC 12 warns wrongly about joined strings once it optimises (GCC bug 105651).
                       $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-restrict>)
if(RICERCAR_SANITIZE)
  target_compile_options(ricercar_options INTERFACE -fsanitize=${RICERCAR_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(ricercar_options INTERFACE -fsanitize=${RICERCAR_SANITIZE})
endif()

# ricercar_library(NAME [LIBRARY...]): a static library of the sources in this folder.
function(ricercar_library name)
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ricercar_options ${ARGN})
endfunction()

# ricercar_kernels(TARGET SOURCE NAME [FLAG...]): SOURCE as one more object of TARGET, compiled for the instruction set that
# the flags allow and that NAME, its RICERCAR_KERNELS, says.
set(RICERCAR_AVX2 -mavx2 -mfma)
set(RICERCAR_AVX512 -mavx2 -mavx512f -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512)
function(ricercar_kernels target source name)
  set(objects ${target}_${name})
  add_library(${objects} OBJECT ${source})
  target_link_libraries(${objects} PRIVATE ricercar_options)
  target_compile_definitions(${objects} PRIVATE RICERCAR_KERNELS=${name})
  target_compile_options(${objects} PRIVATE -O3 -Wno-psabi ${ARGN})
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
endfunction()

# ricercar_tests(NAME [LIBRARY...]): one GoogleTest program of the *_test.cpp files in this folder.
function(ricercar_tests name)
  file(GLOB sources CONFIGURE_DEPENDS *_test.cpp)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ricercar_options ricercar_test_support ${ARGN} GTest::gmock_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST)
endfunction()

# ricercar_fuzzer(NAME [LIBRARY...]): the libFuzzer target NAME.cpp.
function(ricercar_fuzzer name)
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ricercar_options ${ARGN})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()

# ricercar_qt_tests(PREFIX [LIBRARY...]): for each *_test.cpp file in this folder one Qt Test program PREFIX_*_test that
# runs without a display, without sound and away from the user's files.
function(ricercar_qt_tests prefix)
  file(GLOB sources CONFIGURE_DEPENDS *_test.cpp)
  set(home ${CMAKE_CURRENT_BINARY_DIR}/home)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM file)
    set(name ${prefix}_${file})
    add_executable(${name} ${source})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE ricercar_options ricercar_test_support ${ARGN} Qt6::Test)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
      "QT_QPA_PLATFORM=offscreen;RICERCAR_AUDIO_DRIVER=silent;DBUS_SESSION_BUS_ADDRESS=none:;XDG_CONFIG_HOME=${home}/config;XDG_DATA_HOME=${home}/data;XDG_CACHE_HOME=${home}/cache")
  endforeach()
endfunction()
