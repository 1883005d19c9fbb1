// Asio and Beast compiled once (MW: BOOST_ASIO_SEPARATE_COMPILATION): 12 s here instead of a few
// seconds in every file that uses them.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
