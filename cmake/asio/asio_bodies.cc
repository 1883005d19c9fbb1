// The one place where the bodies of Asio and Beast are compiled; see cmake/mw_asio.cmake.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
