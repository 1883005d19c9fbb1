#include "plant/sample.h"

namespace mw::plant {

Text describe(QualityReason reason) {
  switch (reason) {
    case QualityReason::kNone:
      return {"good", "正常"};
    case QualityReason::kDevice:
      return {"the device itself does not trust the value", "设备自身标记该值不可信"};
    case QualityReason::kOutOfRange:
      return {"the value is outside what the sensor can measure", "数值超出传感器量程"};
    case QualityReason::kWrongType:
      return {"the device sent something that is no value of this tag",
              "设备发送的内容不是该测点的有效值"};
    case QualityReason::kClockSkew:
      return {"the device's clock is wrong; our own time is shown",
              "设备时钟有误，显示的是服务器时间"};
    case QualityReason::kNoCommunication:
      return {"no connection to the device or its broker", "与设备或消息代理的连接中断"};
    case QualityReason::kSilent:
      return {"the device has sent nothing for too long", "设备长时间没有发送数据"};
    case QualityReason::kWrongUnit:
      return {"the device sends another unit than this tag has", "设备发送的单位与该测点不符"};
    case QualityReason::kCutText:
      return {"the text was longer than 200 bytes; this is its beginning",
              "文本超过 200 字节，仅保留开头部分"};
    case QualityReason::kNoRoomForText:
      return {"the store holds as many different texts as it can", "存储中的不同文本已达上限"};
    case QualityReason::kClockBehind:
      return {"all that arrives is stamped older than this value: a clock was set back",
              "收到的数据时间均早于该值：时钟被回拨"};
    case QualityReason::kFlat:
      return {"samples arrive, but the value has not moved for too long: is the sensor stuck?",
              "数据持续到达，但数值长时间未变化，传感器可能卡滞"};
  }
  return {"unknown", "未知"};
}

std::string_view quality_name(Quality quality) {
  switch (quality) {
    case Quality::kGood:
      return "good";
    case Quality::kUncertain:
      return "uncertain";
    case Quality::kBad:
      return "bad";
  }
  return "bad";
}

}  // namespace mw::plant
