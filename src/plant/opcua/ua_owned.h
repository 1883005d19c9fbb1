#pragma once

// open62541's headers define macros with the names of C++'s atomics: include this last, and only
// in files whose names begin with ua_.
#include <open62541/client.h>
#include <open62541/client_subscriptions.h>
#include <open62541/statuscodes.h>

#include <string>
#include <string_view>

namespace mw::plant {

/// A value of one of open62541's types with what it owns.
template <typename T>
class UaOwned {
 public:
  explicit UaOwned(int type) : type_(&UA_TYPES[type]) { UA_init(&value_, type_); }
  UaOwned(int type, const T& value) : value_(value), type_(&UA_TYPES[type]) {}  // takes it over
  ~UaOwned() { UA_clear(&value_, type_); }
  UaOwned(const UaOwned&) = delete;
  UaOwned& operator=(const UaOwned&) = delete;

  T& operator*() { return value_; }
  const T& operator*() const { return value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }

 private:
  T value_;
  const UA_DataType* type_;
};

/// A view for a call that reads it only.
inline UA_String ua_view(std::string_view text) {
  return {text.size(), reinterpret_cast<UA_Byte*>(const_cast<char*>(text.data()))};
}

inline std::string_view ua_text(const UA_String& text) {
  return {reinterpret_cast<const char*>(text.data), text.length};
}

inline UA_String ua_copy(std::string_view text) {
  UA_String out = UA_STRING_NULL;
  const UA_String view = ua_view(text);
  UA_String_copy(&view, &out);
  return out;
}

}  // namespace mw::plant
