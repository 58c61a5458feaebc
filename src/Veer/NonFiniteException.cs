namespace Veer;

/// <summary>A model's answer, or a sample that was made with it, is infinite or not a number.</summary>
public class NonFiniteException : VeerException
{
    /// <param name="message">What is not finite, and where.</param>
    public NonFiniteException(string message)
        : base(message)
    {
    }
}
