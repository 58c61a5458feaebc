Console.WriteLine("veer");
