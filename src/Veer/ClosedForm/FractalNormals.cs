namespace Veer.ClosedForm;

/// <summary>
/// The standard normal stream that the fractal was published with (numpy's legacy RandomState): MT19937 (Matsumoto and Nishimura 1998)
/// seeded with one word, 53-bit uniforms from two draws, and Marsaglia's polar method, which gives the second of each pair first.
/// </summary>
internal sealed class FractalNormals
{
    private const int Words = 624, Lag = 397;
    private const uint Upper = 0x80000000, Lower = 0x7fffffff, Twist = 0x9908b0df, SeedFactor = 1812433253;

    private readonly uint[] state = new uint[Words];
    private int at = Words;
    private double? spare;

    public FractalNormals(uint seed)
    {
        state[0] = seed;
        for (uint i = 1; i < Words; i++) state[i] = SeedFactor * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }

    public double Next()
    {
        if (spare is { } kept)
        {
            spare = null;
            return kept;
        }
        double x, y, square;
        do
        {
            x = 2 * Uniform() - 1;
            y = 2 * Uniform() - 1;
            square = x * x + y * y;
        }
        while (square is >= 1 or 0);
        double factor = Math.Sqrt(-2 * Math.Log(square) / square);
        spare = factor * x;
        return factor * y;
    }

    private double Uniform()
    {
        uint high = Word() >> 5, low = Word() >> 6;
        return (high * (double)(1 << 26) + low) / (1L << 53);
    }

    private uint Word()
    {
        if (at == Words) Refill();
        uint word = state[at++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c5680;
        word ^= (word << 15) & 0xefc60000;
        return word ^ (word >> 18);
    }

    private void Refill()
    {
        for (int i = 0; i < Words; i++)
        {
            uint joined = (state[i] & Upper) | (state[(i + 1) % Words] & Lower);
            state[i] = state[(i + Lag) % Words] ^ (joined >> 1) ^ ((joined & 1) * Twist);
        }
        at = 0;
    }
}
