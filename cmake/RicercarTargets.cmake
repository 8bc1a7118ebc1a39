# The few shapes that targets of this project have. Each takes every .cpp file of the folder that calls it.

option(RICERCAR_DEVELOPER "Warnings are errors" OFF)
set(RICERCAR_SANITIZE "" CACHE STRING "Comma-separated list for -fsanitize=")

# Warnings, sanitizers and the include root, carried by every target of the project.
add_library(ricercar_options INTERFACE)
target_include_directories(ricercar_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(ricercar_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       $<$<BOOL:${RICERCAR_DEVELOPER}>:-Werror>)
if(RICERCAR_SANITIZE)
  target_compile_options(ricercar_options INTERFACE -fsanitize=${RICERCAR_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(ricercar_options INTERFACE -fsanitize=${RICERCAR_SANITIZE})
endif()

# ricercar_library(NAME [LIBRARY...]): a static library of the sources in this folder.
function(ricercar_library name)
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ricercar_options ${ARGN})
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
