# mw_embed(<target> <function> FOLDER <folder> FILES <files relative to folder...>)
#   Compiles files into <target> (ADR 0061): `std::span<const EmbeddedFile> mw::server::<function>()`
#   returns them in the order of their paths, plain and, where it is smaller, compressed (gzip with
#   no name and no time, so that the same content gives the same bytes). A FILE.gz that lies beside
#   FILE is taken as its compressed form.
function(mw_embed target function)
  cmake_parse_arguments(ARG "" "FOLDER" "FILES" ${ARGN})
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${function}")
  set(inputs "")
  foreach(file IN LISTS ARG_FILES)
    list(APPEND inputs "${ARG_FOLDER}/${file}")
  endforeach()
  file(MAKE_DIRECTORY "${out}")
  # The list goes through a file: a command line has a limit, and a changed list must rebuild.
  string(REPLACE ";" "\n" lines "${ARG_FILES}")
  file(CONFIGURE OUTPUT "${out}/files.txt" CONTENT "${lines}" @ONLY)
  add_custom_command(
    OUTPUT "${out}/table.cc" "${out}/data.S"
    COMMAND "${CMAKE_COMMAND}" -DFUNCTION=${function} -DFOLDER=${ARG_FOLDER} -DOUT=${out}
            -P "${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake"
    DEPENDS ${inputs} "${out}/files.txt" "${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake"
    COMMENT "Embedding ${function}"
    VERBATIM)
  set_source_files_properties("${out}/data.S" PROPERTIES OBJECT_DEPENDS "${out}/table.cc")
  target_sources(${target} PRIVATE "${out}/table.cc" "${out}/data.S")
endfunction()
