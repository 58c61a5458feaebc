namespace Veer;

/// <summary>A model's answer, or a sample that was made with it, is infinite or not a number.</summary>
/// <param name="message">What is not finite, and where.</param>
public class NonFiniteException(string message) : VeerException(message);
