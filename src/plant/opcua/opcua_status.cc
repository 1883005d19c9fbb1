#include "plant/opcua/opcua_status.h"

namespace mw::plant {
namespace {

// Without the lower half, which holds information bits (Part 6, Annex A.2; StatusCode.csv).
constexpr uint32_t kBadCommunicationError = 0x8005'0000;
constexpr uint32_t kBadServerNotConnected = 0x800D'0000;
constexpr uint32_t kBadNoCommunication = 0x8031'0000;
constexpr uint32_t kBadOutOfRange = 0x803C'0000;
constexpr uint32_t kBadNotConnected = 0x808A'0000;
constexpr uint32_t kUncertainNoCommunicationLastUsableValue = 0x408F'0000;
constexpr uint32_t kUncertainEngineeringUnitsExceeded = 0x4094'0000;

constexpr uint32_t kDataValueInfo = 0x0400;
constexpr uint32_t kOverflow = 0x0080;

}  // namespace

Quality opcua_quality(uint32_t status) {
  switch (status >> 30) {
    case 0:
      return Quality::kGood;
    case 1:
      return Quality::kUncertain;
    default:
      return Quality::kBad;
  }
}

QualityReason opcua_reason(uint32_t status) {
  switch (status & 0xffff'0000) {
    case kBadCommunicationError:
    case kBadServerNotConnected:
    case kBadNoCommunication:
    case kBadNotConnected:
    case kUncertainNoCommunicationLastUsableValue:
      return QualityReason::kNoCommunication;
    case kBadOutOfRange:
    case kUncertainEngineeringUnitsExceeded:
      return QualityReason::kOutOfRange;
    default:
      return QualityReason::kDevice;
  }
}

bool opcua_values_lost(uint32_t status) {
  return (status & kDataValueInfo) != 0 && (status & kOverflow) != 0;
}

}  // namespace mw::plant
