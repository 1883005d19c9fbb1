#include "maintenance/detect/patch_memory.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "maintenance/detect/history_check.h"

namespace mw::maintenance {

void PatchMemory::keep(const SampleMatrix& scaled) {
  const std::size_t length = options_.length;
  if (scaled.rows() < length) return;
  const std::size_t count = scaled.rows() - length + 1;
  const std::size_t step = (count + options_.most_patches - 1) / options_.most_patches;
  for (std::size_t i = 0; i < count; i += step) {
    const auto first = scaled.values.begin() + static_cast<std::ptrdiff_t>(i * scaled.columns);
    patches_.insert(patches_.end(), first,
                    first + static_cast<std::ptrdiff_t>(length * scaled.columns));
  }
}

PatchMemory PatchMemory::of_scaled(const SampleMatrix& rows, const PatchOptions& options) {
  PatchMemory out;
  out.options_ = options;
  out.scaling_.mean.assign(rows.columns, 0.0);
  out.scaling_.deviation.assign(rows.columns, 1.0);
  out.keep(rows);
  return out;
}

Result<PatchMemory> PatchMemory::fit(const SampleMatrix& normal, const PatchOptions& options) {
  MW_CHECK(options.length >= 1 && options.most_patches >= 1);
  MW_TRY(check_history(normal, 20 * options.length));
  PatchMemory out;
  out.options_ = options;
  out.scaling_ = Scaling::of(normal);
  SampleMatrix scaled{normal.columns, {}};
  std::vector<double> row(normal.columns);
  for (std::size_t i = 0; i < normal.rows(); ++i) {
    if (!complete(normal.row(i))) continue;  // a gap is bridged: patches over it are few
    out.scaling_.apply(normal.row(i), row);
    scaled.add(row);
  }
  const std::size_t taught = scaled.rows() * 4 / 5;
  out.keep(scaled.slice(0, taught));
  std::vector<double> far;
  for (std::size_t i = taught; i + options.length <= scaled.rows(); ++i) {
    far.push_back(out.distance(
        std::span(scaled.values).subspan(i * scaled.columns, options.length * scaled.columns),
        nullptr));
  }
  out.limit_ = std::max(quantile(std::move(far), 0.99), 1e-9);
  out.patches_.clear();
  out.keep(scaled);
  return out;
}

double PatchMemory::distance(std::span<const double> scaled, std::vector<double>* parts) const {
  const std::size_t size = options_.length * sensors();
  MW_CHECK_EQ(scaled.size(), size);
  double nearest = INFINITY;
  std::size_t where = 0;
  for (std::size_t at = 0; at < patches_.size(); at += size) {
    double sum = 0;
    // Given up as soon as it is farther than the nearest so far.
    for (std::size_t k = 0; k < size && sum < nearest; ++k) {
      const double away = scaled[k] - patches_[at + k];
      sum += away * away;
    }
    if (sum < nearest) {
      nearest = sum;
      where = at;
    }
  }
  if (parts != nullptr) {
    parts->assign(sensors(), 0.0);
    for (std::size_t k = 0; k < size; ++k) {
      const double away = scaled[k] - patches_[where + k];
      (*parts)[k % sensors()] += away * away;
    }
  }
  return std::sqrt(nearest / static_cast<double>(size));
}

Deviation PatchMemory::take(std::span<const double> row) {
  MW_CHECK_EQ(row.size(), sensors());
  if (!complete(row)) return {};
  std::vector<double> scaled(row.size());
  scaling_.apply(row, scaled);
  window_.insert(window_.end(), scaled.begin(), scaled.end());
  const std::size_t size = options_.length * sensors();
  if (window_.size() > size) {
    window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(sensors()));
  }
  if (window_.size() < size) return {};
  std::vector<double> parts;
  const std::vector<double> stretch(window_.begin(), window_.end());
  const double score = distance(stretch, &parts) / limit_;
  return {score, shares_of(std::move(parts))};
}

}  // namespace mw::maintenance
