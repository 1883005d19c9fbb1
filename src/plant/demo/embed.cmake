# INPUT (text) -> OUTPUT (a C++ source that defines demo_description()).
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "#include \"plant/demo/demo_description.h\"

namespace mw::plant {

std::string_view demo_description() {
  static constexpr std::string_view kText = R\"mwjson(${text})mwjson\";
  return kText;
}

}  // namespace mw::plant
")
