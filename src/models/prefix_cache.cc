#include "models/prefix_cache.h"

#include <algorithm>

#include "core/check.h"

namespace mw::models {
namespace {

/// Tokens of block `index` of `ids`.
std::vector<int32_t> tokens_of(std::span<const int32_t> ids, std::size_t index) {
  const auto part = ids.subspan(index * tensor::kKvBlock, tensor::kKvBlock);
  return {part.begin(), part.end()};
}

}  // namespace

PrefixCache::~PrefixCache() {
  while (!leaves_.empty()) forget(*leaves_.begin()->second);
}

void PrefixCache::touch(Node& node) {
  if (node.children.empty()) leaves_.erase({node.used, &node});
  node.used = ++tick_;
  if (node.children.empty()) leaves_.insert({node.used, &node});
}

std::vector<int> PrefixCache::find(const std::string& scope, std::span<const int32_t> ids) {
  std::vector<int> blocks;
  const auto root = roots_.find(scope);
  if (root == roots_.end()) return blocks;
  Node* node = &root->second;
  const std::size_t whole = ids.size() / tensor::kKvBlock;
  for (std::size_t i = 0; i < whole; ++i) {
    const auto next = node->children.find(tokens_of(ids, i));
    if (next == node->children.end()) break;
    node = next->second.get();
    touch(*node);
    blocks.push_back(node->block);
  }
  return blocks;
}

int PrefixCache::keep(const std::string& scope, std::span<const int32_t> ids,
                      std::span<const int> blocks) {
  MW_CHECK(ids.size() >= blocks.size() * tensor::kKvBlock);
  int shared = 0;
  Node* node = &roots_[scope];
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    Tokens tokens = tokens_of(ids, i);
    auto next = node->children.find(tokens);
    if (next == node->children.end()) {
      if (node->children.empty() && node->parent != nullptr) leaves_.erase({node->used, node});
      if (node->children.size() == 1) shared = static_cast<int>(i);
      auto made = std::make_unique<Node>();
      made->parent = node;
      made->tokens = tokens;
      made->block = blocks[i];
      pool_.hold(blocks[i]);
      ++blocks_;
      made->used = tick_;
      next = node->children.emplace(std::move(tokens), std::move(made)).first;
    }
    node = next->second.get();
    touch(*node);
  }
  return shared;
}

template <class Done>
void PrefixCache::give_up_until(const Done& done) {
  for (auto each = leaves_.begin(); each != leaves_.end() && !done();) {
    Node& leaf = *each->second;
    if (pool_.holders(leaf.block) > 1) {  // a sequence reads it
      ++each;
      continue;
    }
    forget(leaf);
    each = leaves_.begin();  // its parent may be the oldest leaf now
  }
}

bool PrefixCache::make_room(int blocks) {
  give_up_until([&] { return pool_.free_blocks() >= blocks; });
  return pool_.free_blocks() >= blocks;
}

void PrefixCache::trim(int blocks) {
  give_up_until([&] { return blocks_ <= blocks; });
}

void PrefixCache::forget(Node& leaf) {
  leaves_.erase({leaf.used, &leaf});
  pool_.release(leaf.block);
  --blocks_;
  Node& parent = *leaf.parent;
  parent.children.erase(Tokens(leaf.tokens));  // a copy: the leaf goes with it
  if (parent.children.empty() && parent.parent != nullptr) leaves_.insert({parent.used, &parent});
}

}  // namespace mw::models
