#include "maintenance/detect/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"

namespace mw::maintenance {
namespace {

constexpr int kMostSweeps = 60;

}  // namespace

Eigen symmetric_eigen(std::vector<double> matrix, std::size_t size) {
  MW_CHECK_EQ(matrix.size(), size * size);
  std::vector<double>& a = matrix;
  std::vector<double> v(size * size, 0.0);
  for (std::size_t i = 0; i < size; ++i) v[i * size + i] = 1.0;
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double off = 0;
    double diagonal = 0;
    for (std::size_t i = 0; i < size; ++i) {
      diagonal += a[i * size + i] * a[i * size + i];
      for (std::size_t j = i + 1; j < size; ++j) off += a[i * size + j] * a[i * size + j];
    }
    if (off <= 1e-30 * diagonal) break;
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) {
        const double apq = a[p * size + q];
        if (apq == 0) continue;
        const double theta = (a[q * size + q] - a[p * size + p]) / (2 * apq);
        const double t =
            (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1);
        const double s = t * c;
        for (std::size_t k = 0; k < size; ++k) {
          const double akp = a[k * size + p];
          const double akq = a[k * size + q];
          a[k * size + p] = c * akp - s * akq;
          a[k * size + q] = s * akp + c * akq;
        }
        for (std::size_t k = 0; k < size; ++k) {
          const double apk = a[p * size + k];
          const double aqk = a[q * size + k];
          a[p * size + k] = c * apk - s * aqk;
          a[q * size + k] = s * apk + c * aqk;
          const double vpk = v[p * size + k];
          const double vqk = v[q * size + k];
          v[p * size + k] = c * vpk - s * vqk;
          v[q * size + k] = s * vpk + c * vqk;
        }
      }
    }
  }
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return a[x * size + x] > a[y * size + y]; });
  Eigen out;
  for (const std::size_t i : order) {
    out.values.push_back(a[i * size + i]);
    out.vectors.insert(out.vectors.end(), v.begin() + static_cast<std::ptrdiff_t>(i * size),
                       v.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  }
  return out;
}

}  // namespace mw::maintenance
