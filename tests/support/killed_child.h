#pragma once

// A process that works until it is killed with SIGKILL at a moment that the test chooses.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>

namespace mw::testing_support {

/// Runs `work(acknowledge)` in a child: it tells the number of each thing that it was promised is
/// kept, and does not return. Kills it `wait_us` after the first; the last number that it told, or
/// -1 with a failed test where it ended by itself.
inline int64_t kill_while_working(
    useconds_t wait_us, const std::function<void(const std::function<void(int64_t)>&)>& work) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  EXPECT_GE(child, 0);
  if (child == 0) {
    ::close(pipe[0]);
    work([&](int64_t number) {
      if (::write(pipe[1], &number, sizeof number) != sizeof number) _exit(5);
    });
    _exit(3);
  }
  ::close(pipe[1]);
  int64_t last = -1;
  int64_t number = 0;
  if (::read(pipe[0], &number, sizeof number) == sizeof number) last = number;
  ::usleep(wait_us);
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  while (::read(pipe[0], &number, sizeof number) == sizeof number) last = number;
  ::close(pipe[0]);
  return last;
}

}  // namespace mw::testing_support
