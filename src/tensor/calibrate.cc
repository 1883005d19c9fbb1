#include "tensor/calibrate.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "core/check.h"
#include "core/clock.h"
#include "tensor/internal/panel_stream.h"
#include "tensor/internal/rate_clock.h"
#include "tensor/kernels/limits_table.h"

namespace mw::tensor {
namespace {

constexpr int kWidth = PanelStream::kWidth;
constexpr int kTokens = PanelStream::kTokens;
constexpr int kPrefillPanels = 96;    // 1,536 rows: 100 M multiply-adds
constexpr int64_t kRounds = 100'000;  // 1.2 M instructions: about 0.3 ms
constexpr uint64_t kMiB = uint64_t{1} << 20;

uint64_t default_buffer_bytes(uint64_t l3_bytes) {
  const long free_pages = ::sysconf(_SC_AVPHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  const uint64_t free_bytes = free_pages > 0 && page > 0
                                  ? static_cast<uint64_t>(free_pages) * static_cast<uint64_t>(page)
                                  : 64 * kMiB;
  const uint64_t wanted = std::clamp(4 * l3_bytes, 64 * kMiB, 512 * kMiB);
  return std::max(8 * kMiB, std::min(wanted, free_bytes / 8));
}

/// The reference computes 0.3 GMAC/s: with a sixteenth of the work a run takes some 20 ms.
int work_divisor(Isa isa) { return isa == Isa::kScalar ? 16 : 1; }

class Calibration {
 public:
  explicit Calibration(const CalibrationOptions& options);
  Result<MachineLimits> run();

 private:
  /// A team and the kernels that it runs.
  struct Team {
    ThreadPool pool;
    Isa isa;
    ExecContext ctx{&pool, &kernels_of(isa)};
    const LimitKernels& limits{limit_kernels_of(isa)};
    Team(int threads, Isa which) : pool(threads), isa(which) {}
  };

  double int_gmac_s(Team& team);
  double f32_gmac_s(Team& team);
  double l2_gb_s(Team& team);
  double memory_gb_s(Team& team);
  double prefill_gmac_s(Team& team);
  double decode_gb_s(Team& team);
  void expect(bool right, const Team& team, const char* what);

  const int64_t start_ns_ = steady_ns();
  const CalibrationOptions options_;
  PanelStream stream_;
  Matrix<float> prefill_y_;
  Buffer decode_y_;
  RateClock clock_;
  std::string wrong_;
};

Calibration::Calibration(const CalibrationOptions& options)
    : options_(options),
      stream_(
          options.buffer_bytes > 0 ? options.buffer_bytes : default_buffer_bytes(options.l3_bytes),
          options.cores),
      prefill_y_(kTokens, kPrefillPanels * kPanelRows),
      decode_y_(static_cast<std::size_t>(stream_.panels()) * kPanelRows * sizeof(float)),
      clock_(options.budget_ns) {
  MW_CHECK(options.cores >= 1 && stream_.panels() >= kPrefillPanels);
}

void Calibration::expect(bool right, const Team& team, const char* what) {
  if (right || !wrong_.empty()) return;
  wrong_ = std::string(what) + " of " + std::string(isa_name(team.isa)) + " on " +
           std::to_string(team.pool.threads()) + " threads";
}

double Calibration::int_gmac_s(Team& team) {
  const int threads = team.pool.threads();
  std::vector<uint32_t> sums(static_cast<std::size_t>(threads));
  const int64_t lane = kRounds * team.limits.dot.dot_lane_macs * kLimitWeight * kLimitActivation;
  const auto mask = static_cast<uint32_t>((uint64_t{1} << team.limits.dot.dot_lane_bits) - 1);
  const uint32_t expected =
      static_cast<uint32_t>(team.limits.dot.dot_lanes) * (static_cast<uint32_t>(lane) & mask);
  return clock_.best_own_rate(
      team.pool, static_cast<double>(kRounds) * team.limits.dot.dot_macs * threads,
      [&] {
        clock_.run_chunks(team.pool, threads, [&](int chunk) {
          sums[static_cast<std::size_t>(chunk)] = team.limits.dot.dot_rounds(kRounds);
        });
      },
      [&] {
        for (const uint32_t sum : sums) expect(sum == expected, team, "integer sums");
      });
}

double Calibration::f32_gmac_s(Team& team) {
  const int threads = team.pool.threads();
  std::vector<double> sums(static_cast<std::size_t>(threads));
  const double expected = static_cast<double>(kRounds) * team.limits.fma_macs;
  return clock_.best_own_rate(
      team.pool, expected * threads,
      [&] {
        clock_.run_chunks(team.pool, threads, [&](int chunk) {
          sums[static_cast<std::size_t>(chunk)] = team.limits.fma_rounds(kRounds);
        });
      },
      [&] {
        for (const double sum : sums) expect(sum == expected, team, "f32 sums");
      });
}

double Calibration::l2_gb_s(Team& team) {
  const int threads = team.pool.threads();
  const std::size_t bytes = stream_.panel_bytes();
  const auto wanted = static_cast<int>(std::max<uint64_t>(options_.l2_bytes / 2, bytes) / bytes);
  const int panels = std::min(wanted, stream_.panels());
  const int slices = stream_.panels() / panels;
  const int passes = std::max(1, static_cast<int>(32 * kMiB / bytes) / panels);
  std::vector<uint32_t> sums(static_cast<std::size_t>(threads));
  const auto expected =
      stream_.panel_sum() * static_cast<uint32_t>(panels) * static_cast<uint32_t>(passes);
  return clock_.best_own_rate(
      team.pool, static_cast<double>(panels) * static_cast<double>(bytes) * passes * threads,
      [&] {
        clock_.run_chunks(team.pool, threads, [&](int chunk) {
          const std::byte* slice = stream_.panel(chunk % slices * panels);
          uint32_t sum = 0;
          for (int pass = 0; pass < passes; ++pass) {
            sum += team.limits.read_sum(slice, static_cast<std::size_t>(panels) * bytes);
          }
          sums[static_cast<std::size_t>(chunk)] = sum;
        });
      },
      [&] {
        for (const uint32_t sum : sums) expect(sum == expected, team, "sums read from L2");
      });
}

double Calibration::memory_gb_s(Team& team) {
  const int chunks = 3 * team.pool.threads();
  const int panels = stream_.panels() / 4;
  const std::size_t bytes = stream_.panel_bytes();
  std::vector<uint32_t> sums(static_cast<std::size_t>(chunks));
  return clock_.best_shared_rate(
      team.pool, static_cast<double>(panels) * static_cast<double>(bytes),
      [&] {
        const int first = stream_.next_quarter();
        clock_.run_chunks(team.pool, chunks, [&](int chunk) {
          const auto [begin, end] = share(panels, chunk, chunks);
          sums[static_cast<std::size_t>(chunk)] = team.limits.read_sum(
              stream_.panel(first + begin), static_cast<std::size_t>(end - begin) * bytes);
        });
      },
      [&] {
        uint32_t total = 0;
        for (const uint32_t sum : sums) total += sum;
        expect(total == stream_.panel_sum() * static_cast<uint32_t>(panels), team,
               "sums read from memory");
      });
}

double Calibration::prefill_gmac_s(Team& team) {
  const int panels = kPrefillPanels / work_divisor(team.isa);
  Activations x(kTokens, kWidth);
  x.assign(stream_.inputs(kTokens), InputForm::kWords, team.ctx);
  const int chunks = std::min(3 * team.pool.threads(), panels);  // as parallel_for does
  const MatmulArgs whole = stream_.product(x, prefill_y_.row(0), prefill_y_.view().stride);
  return clock_.best_own_rate(
      team.pool, static_cast<double>(kTokens) * kWidth * panels * kPanelRows,
      [&] {
        clock_.run_chunks(team.pool, chunks, [&](int chunk) {
          const auto [begin, end] = share(panels, chunk, chunks);
          MatmulArgs args = whole;
          args.panel_begin = begin;
          args.panel_end = end;
          team.ctx.kernels->of_words.w4(args);
        });
      },
      [&] {
        for (int token = 0; token < kTileTokens; ++token) {
          for (int panel = 0; panel < panels; ++panel) {
            expect(stream_.is_right(prefill_y_.row(token) + panel * kPanelRows, token), team,
                   "the product of many tokens");
          }
        }
      });
}

double Calibration::decode_gb_s(Team& team) {
  Activations x(1, kWidth);
  x.assign(stream_.inputs(1), InputForm::kWords, team.ctx);
  const int quarter = stream_.panels() / 4;
  const int panels = std::max(1, quarter / work_divisor(team.isa));
  const int chunks = 3 * team.pool.threads();
  const MatmulArgs whole = stream_.product(x, decode_y_.as<float>(), stream_.panels() * kPanelRows);
  int first = 0;
  return clock_.best_shared_rate(
      team.pool, static_cast<double>(panels) * static_cast<double>(stream_.panel_bytes()),
      [&] {
        first = stream_.next_quarter();
        clock_.run_chunks(team.pool, chunks, [&](int chunk) {
          const auto [begin, end] = share(panels, chunk, chunks);
          MatmulArgs args = whole;
          args.panel_begin = first + begin;
          args.panel_end = first + end;
          team.ctx.kernels->of_words.w4(args);
        });
      },
      [&] {
        for (int panel = first; panel < first + panels; ++panel) {
          expect(stream_.is_right(decode_y_.as<float>() + panel * kPanelRows, 0), team,
                 "the product of one token");
        }
      });
}

Result<MachineLimits> Calibration::run() {
  MachineLimits out;
  out.l2_bytes = options_.l2_bytes;
  out.l3_bytes = options_.l3_bytes;
  out.buffer_bytes = stream_.bytes();
  out.measured_at_s = options_.now_s;
  for (const Isa isa : available_isas()) {
    // The scalar reference is ten times slower and never a choice where another runs.
    if (options_.isa ? isa != *options_.isa : isa == Isa::kScalar && available_isas().size() > 1) {
      continue;
    }
    Team team(options_.cores, isa);
    out.isas.push_back({isa, prefill_gmac_s(team), decode_gb_s(team)});
  }
  if (out.isas.empty()) {
    return Error::make(Code::kUnsupported, "this processor does not run '" +
                                               std::string(isa_name(*options_.isa)) + "' code");
  }
  // The list ascends; see MachineLimits::busy.
  out.isa = clock_.busy() ? out.isas.back().isa : choose_faster(out.isas);
  for (const int threads : calibrated_thread_counts(options_.cores)) {
    Team team(threads, out.isa);
    ThreadRates rates;
    rates.threads = threads;
    rates.int_gmac_s = int_gmac_s(team);
    rates.f32_gmac_s = f32_gmac_s(team);
    rates.l2_gb_s = l2_gb_s(team);
    rates.memory_gb_s = memory_gb_s(team);
    rates.prefill_gmac_s = prefill_gmac_s(team);
    rates.decode_gb_s = decode_gb_s(team);
    out.rates.push_back(rates);
  }
  if (!wrong_.empty()) {
    return Error::make(Code::kInternal,
                       "calibration: " + wrong_ +
                           " differ from the reference: expected the same bits; this processor or "
                           "build computes wrongly, try MILLWRIGHT_FORCE_ISA=scalar and report it",
                       "校准：" + wrong_ +
                           " 与参考结果不一致；本机处理器或程序计算有误，请设置 "
                           "MILLWRIGHT_FORCE_ISA=scalar 并报告此问题");
  }
  out.busy = clock_.busy();
  out.took_ms = static_cast<double>(steady_ns() - start_ns_) / 1e6;
  return out;
}

}  // namespace

std::vector<int> calibrated_thread_counts(int cores) {
  std::vector<int> counts;
  for (int threads = 1; threads < cores; threads = threads < 4 ? threads + 1 : 2 * threads) {
    counts.push_back(threads);
  }
  counts.push_back(cores);
  return counts;
}

Result<MachineLimits> calibrate(const CalibrationOptions& options) {
  return Calibration(options).run();
}

}  // namespace mw::tensor
