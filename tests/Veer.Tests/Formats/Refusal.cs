using Xunit;

namespace Veer.Tests.Formats;

/// <summary>What a user sees of bad input: one line that names what matters.</summary>
internal static class Refusal
{
    public static void Of(Action read, params string[] parts)
    {
        var refusal = Assert.Throws<InputException>(read);
        Assert.DoesNotContain('\n', refusal.Message);
        foreach (string part in parts) Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }
}
