#pragma once

#include <string>
#include <vector>

#include "assistant/internal/understanding.h"

namespace mw::assistant {

// Questions about machines of a kind as a group.

/// "List all the presses": machines of a kind are named, and nothing is asked of them.
bool lists_machines(const Understanding& u);

/// The names of the kinds whose machines are named, each once.
std::vector<std::string> named_kinds(const Understanding& u, const plant::Catalogue& catalogue);

/// One machine for all that fail alike, where a kind is named and none of its machines; else none.
std::vector<const plant::Asset*> fail_alike(const Understanding& u,
                                            const plant::Catalogue& catalogue);

}  // namespace mw::assistant
