# mw::asio: the bodies of Asio and Beast (Boost, headers only) compiled once for all areas that use
# them, with one set of definitions, since two sets in one program would be two versions of the
# same inline functions. Without it, a file that makes a TLS stream takes a minute to compile.
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
add_library(mw_asio STATIC EXCLUDE_FROM_ALL "${CMAKE_CURRENT_LIST_DIR}/asio/asio_bodies.cc")
add_library(mw::asio ALIAS mw_asio)
target_link_libraries(mw_asio PUBLIC mw_flags Boost::headers OpenSSL::SSL OpenSSL::Crypto)
target_compile_definitions(mw_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ALL_NO_LIB)
