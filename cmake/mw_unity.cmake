# With MW_UNITY (presets release and fuzz, so ./run and ./test) up to 8 files of a target are compiled
# as one: most of what a compiler reads is headers that they share. tools/unity_groups.py says which
# may stand together; a file with compile options of its own stays alone.
option(MW_UNITY "compile several files of a target as one" OFF)
if(MW_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC takes an included .cc for a header, in which types of anonymous namespaces would be a mistake.
  target_compile_options(mw_flags INTERFACE -Wno-subobject-linkage)
endif()

# mw_unity(<target>)
function(mw_unity target)
  if(NOT MW_UNITY)
    return()
  endif()
  get_target_property(files ${target} SOURCES)
  list(FILTER files EXCLUDE REGEX "^/")  # generated ones do not exist yet
  foreach(file IN LISTS files)  # a group is the file's, not the target's: who shares one stays as it is
    get_source_file_property(group "${file}" UNITY_GROUP)
    if(group)
      return()
    endif()
  endforeach()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  execute_process(COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/tools/unity_groups.py" 8 ${files}
                  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE lines
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" words "${lines}")  # file, number, file, number
  while(words)
    list(POP_FRONT words file number)
    set_source_files_properties("${file}" PROPERTIES UNITY_GROUP "group${number}")
  endwhile()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
