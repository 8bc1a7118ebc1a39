# libtorch as the target Libtorch::Libtorch: Debian's, an unpacked one or that of a Python (its folder, or its
# torch.utils.cmake_prefix_path, in CMAKE_PREFIX_PATH). Found by its files, because its own TorchConfig.cmake insists on
# the CUDA toolkit for a CUDA build, of which the module needs nothing.

find_path(LIBTORCH_INCLUDE_DIR ATen/Context.h PATH_SUFFIXES ../../include)
find_library(LIBTORCH_LIBRARY torch PATH_SUFFIXES ../../lib)
find_library(LIBTORCH_CPU_LIBRARY torch_cpu PATH_SUFFIXES ../../lib)
find_library(LIBTORCH_C10_LIBRARY c10 PATH_SUFFIXES ../../lib)
mark_as_advanced(LIBTORCH_INCLUDE_DIR LIBTORCH_LIBRARY LIBTORCH_CPU_LIBRARY LIBTORCH_C10_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libtorch REQUIRED_VARS LIBTORCH_LIBRARY LIBTORCH_CPU_LIBRARY LIBTORCH_C10_LIBRARY
                                                         LIBTORCH_INCLUDE_DIR)

if(Libtorch_FOUND AND NOT TARGET Libtorch::Libtorch)
  add_library(Libtorch::Libtorch INTERFACE IMPORTED)
  # The headers of CUDA and NCCL lie beside the torch of a Python in packages of their own, or where NVIDIA puts them.
  file(GLOB cuda_includes ${LIBTORCH_INCLUDE_DIR}/../../nvidia/*/include /usr/local/cuda/include)
  target_include_directories(Libtorch::Libtorch INTERFACE ${LIBTORCH_INCLUDE_DIR}
                                                          ${LIBTORCH_INCLUDE_DIR}/torch/csrc/api/include
                                                          ${cuda_includes})
  # Nothing is called in libtorch.so itself, but it brings in the CUDA part.
  target_link_libraries(Libtorch::Libtorch INTERFACE -Wl,--push-state,--no-as-needed ${LIBTORCH_LIBRARY} -Wl,--pop-state
                                                     ${LIBTORCH_CPU_LIBRARY} ${LIBTORCH_C10_LIBRARY})

  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES Libtorch::Libtorch)
  check_cxx_source_compiles("
    #include <c10/core/Device.h>
    int main(int, char** argv) { return c10::Device(std::string(argv[0])).is_cpu(); }" LIBTORCH_HAS_THIS_ABI)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT LIBTORCH_HAS_THIS_ABI)
    message(FATAL_ERROR "${LIBTORCH_LIBRARY} cannot be linked; if it is built with the old C++ ABI (a Python torch "
                        "before 2.6), take a newer one or an unpacked libtorch of the kind \"cxx11 ABI\".")
  endif()
endif()
