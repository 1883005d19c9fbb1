// Asio compiled once (BOOST_ASIO_SEPARATE_COMPILATION): 12 s here instead of a few seconds in every
// file that uses it.
#include <boost/asio/impl/src.hpp>
